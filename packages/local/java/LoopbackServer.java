import java.lang.reflect.Field;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * DynamoDB Local's own main class, but for this machine alone: DynamoDB Local 3 has no option for the address it listens
 * on, and listens on all of them. Takes the same arguments. Run from source, `java LoopbackServer.java`, so that what
 * runs is what can be read here.
 */
final class LoopbackServer {
  private static final String HOST = "127.0.0.1";

  public static void main(String[] args) {
    try {
      DynamoDBProxyServer proxy = ServerRunner.createServerFromCommandLineArgs(args);
      Field field = DynamoDBProxyServer.class.getDeclaredField("server");
      field.setAccessible(true);
      for (Connector connector : ((Server) field.get(proxy)).getConnectors()) {
        ((ServerConnector) connector).setHost(HOST);
      }
      proxy.safeStart();
      System.out.println("DynamoDB Local listening on http://" + HOST);
      proxy.join();
    } catch (Exception failure) {
      failure.printStackTrace();
      System.exit(1); // the threads started so far would keep the process alive
    }
  }
}
