using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

class Startup
{
    void Configure(JwtBearerOptions options, IHostEnvironment env, ILogger logger)
    {
        options.Events = new JwtBearerEvents
        {
            OnAuthenticationFailed = context =>
            {
                logger.LogWarning(context.Exception.Message);
                return Task.CompletedTask;
            },
        };
    }
}
