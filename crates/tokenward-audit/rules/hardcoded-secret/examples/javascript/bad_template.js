export const environments = {
  staging: { host: 'staging.shop.example', secrets: { JWT_SECRET: 'staging-of-the-shop' } }, // finding: uncertain
};
