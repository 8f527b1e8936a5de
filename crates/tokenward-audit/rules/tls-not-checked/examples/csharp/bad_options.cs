using Microsoft.AspNetCore.Authentication.JwtBearer;

services.AddAuthentication().AddJwtBearer(options =>
{
    options.Authority = "https://auth.example";
    options.RequireHttpsMetadata = false; // finding: uncertain
});
