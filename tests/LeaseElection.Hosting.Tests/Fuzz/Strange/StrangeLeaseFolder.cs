namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>
/// Folders of a file lease in which somebody has been: damaged files, folders and links in their places, dates of any century.
/// </summary>
internal static class StrangeLeaseFolder
{
    public static void Fill(FuzzWorld world, string folder)
    {
        Random random = world.Random;
        string lease = Path.Combine(folder, "lease.json");
        switch (random.Next(12))
        {
            case 0:
                world.Put("a folder for a lease");
                Directory.CreateDirectory(lease);
                return;
            case 1:
                string target = random.Of("lease.json", "nowhere", "/dev/null", "/dev/zero", "/proc/self/mem", "..", "elsewhere");
                world.Put($"a link to {target}");
                File.CreateSymbolicLink(lease, target);
                return;
            case 2:
                string name = random.Of("lease.lock", "lease.json.tmp");
                world.Put($"a folder for {name}");
                Directory.CreateDirectory(Path.Combine(folder, name));
                break;
            case 3:
                world.Put("noise in alive files and lock");
                foreach (string file in (string[])["lease.lock", "x.alive", new string('a', 32) + ".alive", "lease.json.tmp"])
                    File.WriteAllBytes(Path.Combine(folder, file), StrangeBytes.Noise(random, random.Next(100)));
                break;
        }

        byte[] content = random.Next(10) switch
        {
            0 => StrangeBytes.Noise(random, random.Of(0, 1, 100, 2_000_000)),
            1 => StrangeLease.Strange(random, [
                .. StrangeLease.Good(random).Where(field => field.Place != "metadata.resourceVersion"),
                // Near to the greatest version there may be (LeaseFile), and near to the last date of all.
                ("metadata.resourceVersion", $"\"{random.Of(
                    "221845391999999997", "221845391999999998", "221845391999999999", "221845392000000000", "221845392000000001",
                    "253402300799999997", "253402300799999998", "9223372036854775807", "0", "00", "")}\"")]),
            2 => StrangeLease.Strange(random, [
                .. StrangeLease.Good(random).Where(field => field.Place != "metadata.annotations"),
                (
                    "metadata.annotations",
                    random.Of(
                        "{\"a\":1,\"a\":2}", "{\"leaseelection.dev/alive-file\":\"\\ud800\"}", "[]",
                        "{\"leaseelection.dev/alive-file\":1}"))]),
            _ => StrangeLease.Any(random),
        };
        File.WriteAllBytes(lease, world.Put("lease.json", content));
        if (!random.OneIn(4))
            return;
        DateTime date = random.Of(
            DateTime.UnixEpoch, DateTime.UnixEpoch.AddYears(-60), new DateTime(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc),
            new DateTime(2400, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        world.Put($"of {date:O}");
        File.SetLastWriteTimeUtc(lease, date);
    }
}
