using System.Runtime.InteropServices;

namespace LeaseElection.Sidecar;

/// <summary>
/// The authorities that the machine trusts, of which none counts where the cluster's own is named. With OpenSSL, .NET reads all of them all
/// the same before it looks at the first certificate: some three hundred files, 100 ms on a busy machine in which a standby that has only
/// just started cannot take over, and 2 MB that stay.
/// </summary>
internal static partial class SystemAuthorities
{
    /// <summary>Has OpenSSL find none, in this process alone.</summary>
    public static void LeaveOut()
    {
        if (!OperatingSystem.IsLinux())
            return;
        _ = Environment.GetEnvironmentVariables();
        // From now on .NET has a copy, which is what plugins of a kubeconfig and the command get.
        foreach (string name in (string[])["SSL_CERT_FILE", "SSL_CERT_DIR"])
            _ = SetVariable(name, "/dev/null", overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
