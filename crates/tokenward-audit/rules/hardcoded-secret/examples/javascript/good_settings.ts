export const names = { jwtSecret: 'BILLING_JWT_SECRET', jwtKey: '${JWT_KEY}' };
export const labels = { jwtSecret: 'The secret for JWT' };
export const config = { jwtSecret: process.env.JWT_SECRET };
