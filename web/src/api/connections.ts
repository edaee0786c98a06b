/** How everybody's connection was in the calls of an interview; nothing of it is written from here. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Connections = Schemas["ConnectionsOut"];
export type Connection = Schemas["ConnectionOut"];
export type Finding = Schemas["FindingOut"];
export type ConnectionPoint = Schemas["ConnectionPointOut"];
export type TrackTotal = Schemas["TrackTotalOut"];

declare module "./live" {
  interface LiveQueries {
    "connections.get": { args: { interview_id: string; call_id?: string }; data: Connections };
  }
}
