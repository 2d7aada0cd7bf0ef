using System.Globalization;

namespace LeaseElection.Hosting;

/// <summary>
/// A number that grows with every term of a lease. Hand it to the resource that leader work writes to, and let the resource refuse a
/// smaller one than it has seen: that alone stops a process that was paused between its last check and its write.
/// </summary>
/// <remarks>
/// It is the resource version of the write that began the term: comparable as an integer of up to 128 bits (KEP-5504). It also grows when
/// the lease is deleted and made again, which the number of transitions does not. It can go back when etcd is restored
/// from a backup without <c>--bump-revision</c>; a process that has seen greater ones then leads without a token.
/// </remarks>
/// <param name="Value">The number, greater than zero.</param>
public readonly record struct FencingToken(UInt128 Value) : IComparable<FencingToken>
{
    /// <summary>Reads a resource version.</summary>
    /// <param name="text">Decimal digits without sign, blanks or leading zeros, as KEP-5504 demands.</param>
    /// <param name="token">The token.</param>
    /// <returns><see langword="false"/> when the text is no such number.</returns>
    public static bool TryParse(string? text, out FencingToken token)
    {
        token = default;
        if (string.IsNullOrEmpty(text) || text[0] == '0'
            || !UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 value))
            return false;
        token = new FencingToken(value);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(FencingToken other) => Value.CompareTo(other.Value);

    /// <summary>Whether the first token is of an earlier term.</summary>
    public static bool operator <(FencingToken left, FencingToken right) => left.Value < right.Value;

    /// <summary>Whether the first token is of an earlier term or of the same.</summary>
    public static bool operator <=(FencingToken left, FencingToken right) => left.Value <= right.Value;

    /// <summary>Whether the first token is of a later term.</summary>
    public static bool operator >(FencingToken left, FencingToken right) => left.Value > right.Value;

    /// <summary>Whether the first token is of a later term or of the same.</summary>
    public static bool operator >=(FencingToken left, FencingToken right) => left.Value >= right.Value;

    /// <summary>The number in decimal digits.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
