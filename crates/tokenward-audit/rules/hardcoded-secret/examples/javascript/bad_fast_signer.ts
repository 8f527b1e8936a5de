import { createSigner } from 'fast-jwt';

export const sign = createSigner({ key: 'orchard-winter-42', expiresIn: 300_000 }); // finding: high
