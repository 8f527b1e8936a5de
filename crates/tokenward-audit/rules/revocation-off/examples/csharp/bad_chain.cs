services.AddOpenIddict()
    .AddServer(options => options.AllowRefreshTokenFlow().DisableTokenStorage()); // finding: medium
