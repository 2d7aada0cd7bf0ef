using LeaseElection.DistributedLock.Tests.Contract;

namespace LeaseElection.DistributedLock.Tests;

/// <summary>What the Lease of a lock is called. It may never change: old and new versions of an app hold the same locks.</summary>
public sealed class LeaseLockNameTests : IAsyncDisposable
{
    private readonly MemoryPlace _place = new();

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Theory]
    [InlineData("batch-processor")]
    [InlineData("0")]
    [InlineData("orders.eu-1.shop")]
    public void Name_OfAnObject_IsKept(string name) => Assert.Equal(name, NameOf(name));

    [Fact]
    public void Name_OfTheLongestObject_IsKept() => Assert.Equal(new string('a', 253), NameOf(new string('a', 253)));

    /// <summary>printf '%s' NAME | sha256sum | cut -c 1-32</summary>
    [Theory]
    [InlineData("", "lock-e3b0c44298fc1c149afbf4c8996fb924")]
    [InlineData("Orders", "orders-b7e8acdd522e6190ac9567ad16dff987")]
    [InlineData("orders/42", "orders-42-c4dd165f06c35f87f80d9c755d8703ef")]
    [InlineData("-a-", "a-a75a468f2ce51903a28d9d4c163f2d72")]
    [InlineData("锁", "lock-4f62f920d67e4daac5bfe83b46a19e81")]
    [InlineData("a..b", "a--b-f62b42414c514fa689d3e087ba397c60")]
    [InlineData("Rechnungen für März 2026, Mandant 0815", "rechnungen-f-r-m-rz-2026--mand-cdbc414102d2f4a7a163faad6fc2206d")]
    public void Name_OfNoObject_IsWhatCanBeReadAndAHash(string name, string expected) => Assert.Equal(expected, NameOf(name));

    [Fact]
    public void Name_TooLongForAnObject_IsShortened() => Assert.Equal(63, NameOf(new string('a', 254)).Length);

    [Fact]
    public void Name_Null_IsRefused() => Assert.Throws<ArgumentNullException>("name", () => _place.NewProvider().CreateLock(null!));

    [Fact]
    public void Names_MadeAtRandom_AreLegalAndDiffer()
    {
        var random = new Random(42);
        HashSet<string> names = [.. Enumerable.Range(0, 2000).Select(_ => SomeText(random))];

        HashSet<string> leases = [.. names.Select(NameOf)];

        Assert.Equal(names.Count, leases.Count);
        Assert.All(leases, lease => Assert.Matches(@"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", lease));
        Assert.All(leases, lease => Assert.InRange(lease.Length, 1, 253));
    }

    private static string SomeText(Random random) => string.Concat(
        Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(4) == 0 ? (char)random.Next(0xD800) : (char)random.Next('-', '{')));

    private string NameOf(string name) => _place.NewProvider().CreateLock(name).Name;
}
