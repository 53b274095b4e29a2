declare module "proxy-from-env" {
  /** The proxy by which a URL is to be reached, or an empty text. Reads the environment of the process. */
  export function getProxyForUrl(url: string): string;
}
