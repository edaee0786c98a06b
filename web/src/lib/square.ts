/** Cuts a square out of a picture, in the browser. */

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Pixels of what is sent; the server makes it smaller still. */
const SIDE = 512;

/** The area, in the picture's own pixels, as a small picture; WebP where the browser can write it, PNG elsewhere. */
export async function cutSquare(picture: HTMLImageElement, area: Area): Promise<Blob> {
  const canvas = document.createElement("canvas");
  const side = Math.min(SIDE, Math.max(1, Math.round(area.width)));
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw.");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, area.x, area.y, area.width, area.height, 0, 0, side, side);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/webp", 0.92));
  if (!blob) throw new Error("This browser cannot write pictures.");
  return blob;
}
