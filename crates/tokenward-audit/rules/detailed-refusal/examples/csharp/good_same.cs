using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

class Startup
{
    void Configure(JwtBearerOptions options, IHostEnvironment env, ILogger logger)
    {
        options.Events = new JwtBearerEvents
        {
            OnAuthenticationFailed = async context =>
            {
                context.NoResult();
                context.Response.StatusCode = 401;
                await context.Response.WriteAsync("invalid_token");
            },
        };
    }
}
