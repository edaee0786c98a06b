/** The e-mail addresses of one's account. */
import { request } from "./client";

export function askForAddress(email: string): Promise<void> {
  return request<void>("POST", "/api/me/addresses", { body: { email } });
}

export function confirmAddress(code: string): Promise<unknown> {
  return request("POST", "/api/me/addresses/confirmation", { body: { code } });
}

export function makePrimary(id: number): Promise<unknown> {
  return request("PUT", `/api/me/addresses/${id}/primary`);
}

export function removeAddress(id: number): Promise<unknown> {
  return request("DELETE", `/api/me/addresses/${id}`);
}
