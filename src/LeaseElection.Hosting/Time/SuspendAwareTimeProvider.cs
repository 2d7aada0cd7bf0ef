using System.Runtime.InteropServices;

namespace LeaseElection.Hosting.Time;

/// <summary>
/// The system's time with a monotonic clock that counts the time a machine is suspended. <see cref="TimeProvider.System"/> does not
/// on Linux and macOS (dotnet/runtime#77945): after a laptop's or a VM's sleep a leader's deadline would not have come closer, and it
/// would go on leading next to its successor.
/// </summary>
internal sealed partial class SuspendAwareTimeProvider : TimeProvider
{
    private const int ClockBootTime = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private SuspendAwareTimeProvider()
    {
    }

    /// <summary>The clock for this operating system. On Windows the system's own counts suspend already.</summary>
    public static TimeProvider Instance { get; } =
        (OperatingSystem.IsLinux() && Environment.Is64BitProcess && ClockGetTime(ClockBootTime, out _) == 0) || OperatingSystem.IsMacOS()
            ? new SuspendAwareTimeProvider()
            : System;

    public override long TimestampFrequency => NanosecondsPerSecond;

    public override long GetTimestamp()
    {
        if (OperatingSystem.IsMacOS())
            return (long)((UInt128)MachContinuousTime() * MachTimebase.Value.Numerator / MachTimebase.Value.Denominator);
        return ClockGetTime(ClockBootTime, out TimeSpec time) == 0
            ? (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds
            : throw new InvalidOperationException("The clock CLOCK_BOOTTIME, read at start, cannot be read any more.");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "mach_continuous_time")]
    private static partial ulong MachContinuousTime();

    [LibraryImport("libc", EntryPoint = "mach_timebase_info")]
    private static partial int MachTimebaseInfo(out TimebaseInfo info);

    private static class MachTimebase
    {
        public static readonly TimebaseInfo Value = MachTimebaseInfo(out TimebaseInfo info) == 0
            ? info
            : throw new PlatformNotSupportedException("mach_timebase_info failed.");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimebaseInfo
    {
        public uint Numerator;
        public uint Denominator;
    }
}
