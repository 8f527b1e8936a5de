curl -H "Authorization: Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1MSJ9.AAAAAAAAAAAAAAAAAAAAAAAAAAAA" localhost # finding: medium
