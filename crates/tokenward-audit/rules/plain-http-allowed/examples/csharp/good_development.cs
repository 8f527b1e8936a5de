services.AddOpenIddict().AddServer(options =>
{
    if (environment.IsDevelopment())
    {
        options.UseAspNetCore().DisableTransportSecurityRequirement();
    }
});
