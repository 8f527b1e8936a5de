import { sign as make } from 'jsonwebtoken';

export const issue = (id) => make({ id }, key, { expiresIn: 300 }); // finding: uncertain
