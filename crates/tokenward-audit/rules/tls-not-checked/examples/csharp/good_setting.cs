using Microsoft.AspNetCore.Authentication.JwtBearer;

class JwtSetup
{
    void Configure(JwtBearerOptions options, IConfiguration configuration)
    {
        options.RequireHttpsMetadata = configuration.GetValue<bool>("Jwt:RequireHttps");
    }
}
