import { decode as readToken } from 'jsonwebtoken';
import type { Request } from 'express';
import express from 'express';

export function currentUser(req: Request) {
  const payload = readToken(req.cookies.session, { json: true }); // finding: high
  return { id: payload!.sub, role: payload!.role };
}
