using Microsoft.AspNetCore.Authentication.JwtBearer;

class JwtSetup
{
    private const bool Strict = false;

    void Configure(JwtBearerOptions options)
    {
        options.RequireHttpsMetadata = Strict; // finding: uncertain
    }
}
