using Microsoft.AspNetCore.Authentication.JwtBearer;

services.AddAuthentication().AddJwtBearer(options =>
{
    options.Authority = "https://auth.example";
});
