export { RegistryMaintainer, type RegistryMaintainerProps } from "./registry-maintainer.ts";
