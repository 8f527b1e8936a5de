using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

class Startup
{
    void Configure(JwtBearerOptions options, IHostEnvironment env, ILogger logger)
    {
        options.Events = new JwtBearerEvents
        {
            OnRemoteFailure = context => context.Response.WriteAsync(context.Exception.Message),
        };
    }
}
