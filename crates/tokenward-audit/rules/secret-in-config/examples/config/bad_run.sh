docker run -d -e JWT_SECRET=orchard-winter-42 -p 80:80 shop # finding: high
