namespace LeaseElection.Hosting.Configuration;

/// <summary>The namespace of the Pod this process runs in.</summary>
internal static class PodNamespace
{
    /// <summary>Where the kubelet writes it.</summary>
    public static string FileOf(ProcessEnvironment environment) => Path.Combine(environment.ServiceAccountDirectory, "namespace");

    /// <summary>What the kubelet wrote, or why that cannot be told.</summary>
    public static (string? Content, string? Problem) Read(ProcessEnvironment environment)
    {
        try
        {
            return File.ReadAllText(FileOf(environment)).Trim() is { Length: > 0 } content ? (content, null) : (null, "empty");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, "not found");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, exception.Message);
        }
    }
}
