using System.Reflection;

namespace LeaseElection.Hosting.Diagnostics;

/// <summary>What we call ourselves towards servers and listeners.</summary>
internal static class LibraryVersion
{
    /// <summary>Without the commit that the SDK appends: people count clients by this in audit logs.</summary>
    public static string Current { get; } = typeof(LibraryVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+', 2)[0] ?? "unknown";
}
