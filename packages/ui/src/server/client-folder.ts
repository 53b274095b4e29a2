/** The folder that the build puts the client into, beside the code. */
export const CLIENT_FOLDER = "page";
