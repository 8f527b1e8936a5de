import { sign as make } from 'jsonwebtoken';

export const issue = (id) => make({ id }, key, { expiresIn: 604800 }); // finding: low
