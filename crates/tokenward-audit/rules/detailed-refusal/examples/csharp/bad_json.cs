using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

class Startup
{
    void Configure(JwtBearerOptions options, IHostEnvironment env, ILogger logger)
    {
        options.Events = new JwtBearerEvents
        {
            OnAuthenticationFailed = async ctx =>
            {
                ctx.Response.StatusCode = 401;
                await ctx.Response.WriteAsync(JsonSerializer.Serialize(new { error = ctx.Exception.Message })); // finding: medium
            },
        };
    }
}
