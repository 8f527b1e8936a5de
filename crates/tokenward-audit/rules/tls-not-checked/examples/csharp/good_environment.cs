using Microsoft.AspNetCore.Authentication.JwtBearer;

services.AddAuthentication().AddJwtBearer(options =>
{
    options.RequireHttpsMetadata = !env.IsDevelopment();
});
