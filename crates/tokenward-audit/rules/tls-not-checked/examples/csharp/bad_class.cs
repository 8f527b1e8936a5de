using Microsoft.AspNetCore.Authentication.JwtBearer;

class JwtSetup
{
    void Configure(JwtBearerOptions jwt)
    {
        jwt.Authority = Settings.Authority;
        jwt.Audience = "shop";
        jwt.RequireHttpsMetadata = false; // finding: medium
    }
}
