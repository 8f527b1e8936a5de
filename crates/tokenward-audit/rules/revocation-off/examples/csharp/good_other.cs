public class Settings
{
    public bool DisableTokenStorageInMemory { get; set; }
}
