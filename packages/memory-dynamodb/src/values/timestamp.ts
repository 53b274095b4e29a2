/** A moment in an answer. In JSON it is what DynamoDB says: seconds since 1970, with a fraction. */
export class Timestamp extends Date {
  override toJSON(): never {
    return (this.getTime() / 1000) as never; // the base class promises text
  }
}
