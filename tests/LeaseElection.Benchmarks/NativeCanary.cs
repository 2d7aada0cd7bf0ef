using LeaseElection.Testing.Native;

namespace LeaseElection.Benchmarks;

/// <summary>Ours as a native program: the canary, which has the same elections as this one.</summary>
internal static class NativeCanary
{
    private const string Name = "LeaseElection.Canary";

    /// <summary>Publishes it; <see langword="null"/> on a machine that has nothing to link it with, which is said.</summary>
    public static async Task<NativeProgram?> PublishAsync()
    {
        if (NativeTools.SkipReason is { } reason)
        {
            Console.Error.WriteLine($"Without ours as a native program, the like of client-go's: {reason}.");
            return null;
        }

        // With objects of its own: a restore for native programs would change those of the solution.
        DirectoryInfo artifacts = Directory.CreateTempSubdirectory("leaseelection-scale-");
        try
        {
            return await NativeProgram.PublishAsync($"tests/{Name}", "--artifacts-path", artifacts.FullName);
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }

    /// <summary>Its elections, as those of others are measured.</summary>
    public static ScaleContender Elections(NativeProgram published) =>
        new("here, native", Path.Combine(published.Folder, Name), [Canary.ManyElections.Command], IsOfDotNet: true);
}
