services.AddOpenIddict().AddValidation(options =>
{
    options.EnableTokenEntryValidation();
});
