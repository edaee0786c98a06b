/** One's own picture and the organisation's logo. */
import { request } from "./client";
import { sendAtOnce } from "./uploads";

export type PictureKind = "picture" | "logo";

/** Shown by the live queries as soon as it is there. */
export function sendPicture(kind: PictureKind, square: Blob): Promise<void> {
  const file = new File([square], `${kind}.${square.type.replace("image/", "")}`, { type: square.type });
  return sendAtOnce(file, { purpose: kind, subject: "" });
}

export function removePicture(kind: PictureKind): Promise<void> {
  return request<void>("DELETE", kind === "picture" ? "/api/me/picture" : "/api/organisation/logo");
}
