using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeaseElection.Testing.ApiServer;

/// <summary>Signs as nobody should any more, and as .NET does not.</summary>
internal sealed class Sha1SignatureGenerator(ECDsa key) : X509SignatureGenerator
{
    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
        Convert.FromHexString("300906072A8648CE3D0401"); // ecdsa-with-SHA1

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
        key.SignData(data, HashAlgorithmName.SHA1, DSASignatureFormat.Rfc3279DerSequence);

    protected override PublicKey BuildPublicKey() => new(key);
}
