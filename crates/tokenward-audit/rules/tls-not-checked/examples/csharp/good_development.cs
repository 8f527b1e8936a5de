using Microsoft.AspNetCore.Authentication.JwtBearer;

services.AddAuthentication().AddJwtBearer(options =>
{
    if (env.IsDevelopment())
    {
        options.RequireHttpsMetadata = false;
    }
});
