services.AddOpenIddict().AddServer(options =>
{
    // options.DisableTokenStorage();
    options.AllowRefreshTokenFlow();
});
