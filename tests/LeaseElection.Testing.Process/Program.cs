using System.Diagnostics;
using System.Globalization;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging.Abstractions;

// Takes the lease {directory}/shop/settlement as {identity} and says "held {resourceVersion}". Then does what each line of its
// input says, and answers with one line; at the end of its input it ends. Everything else is done to it by signals.
string directory = args[0];
string identity = args[1];
TimeSpan patience = TimeSpan.FromSeconds(30);
await using FileLeaseStore store = new(directory, "shop", "settlement", TimeProvider.System, NullLogger<FileLeaseStore>.Instance);
Lease lease = await store.ReadAsync(patience, default) is LeaseReply.Found found
    ? await ReplaceAsync(found.Lease, identity)
    : ((LeaseReply.Found)await store.CreateAsync(Record(identity), patience, default)).Lease;
Console.WriteLine($"held {lease.ResourceVersion}");

while (await Console.In.ReadLineAsync() is { } command)
{
    switch (command)
    {
        case "start child":
            using (Process child = Process.Start("sleep", "60"))
                Console.WriteLine(child.Id.ToString(CultureInfo.InvariantCulture));
            break;
        case "renew for ever":
            while (true)
            {
                lease = await ReplaceAsync(lease, identity);
                Console.WriteLine(lease.ResourceVersion);
            }
        case "release":
            // The timestamp is the machine's, so the test can tell how long the news took.
            long begun = TimeProvider.System.GetTimestamp();
            lease = await ReplaceAsync(lease, holder: "");
            Console.WriteLine(begun.ToString(CultureInfo.InvariantCulture));
            break;
        default:
            throw new InvalidOperationException($"Unknown command '{command}'.");
    }
}

async Task<Lease> ReplaceAsync(Lease current, string holder) =>
    ((LeaseReply.Found)await store.ReplaceAsync(current, Record(holder), patience, default)).Lease;

static LeaseRecord Record(string holder) => new()
{
    HolderIdentity = holder,
    LeaseDurationSeconds = 15,
    AcquireTime = TimeProvider.System.GetUtcNow(),
    RenewTime = TimeProvider.System.GetUtcNow(),
    LeaseTransitions = 0,
};
