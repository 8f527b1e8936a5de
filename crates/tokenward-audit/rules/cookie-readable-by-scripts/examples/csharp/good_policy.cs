using Microsoft.AspNetCore.CookiePolicy;

var app = WebApplication.CreateBuilder(args).Build();
app.UseCookiePolicy(new CookiePolicyOptions
{
    HttpOnly = HttpOnlyPolicy.Always,
    Secure = CookieSecurePolicy.Always,
});
app.MapPost("/login", (HttpContext context, string token) =>
{
    context.Response.Cookies.Append("jwt", token);
});
