FROM node:22
ENV JWT_SECRET=orchard-winter-42 # finding: high
ENV TOKEN_SECRET orchard-winter-43 # finding: high
