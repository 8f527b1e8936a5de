import { sign } from 'jsonwebtoken';

const WEEK = 7 * 24 * 60 * 60; // finding: high

export const issue = (id: string) => sign({ id }, key, { expiresIn: WEEK });
