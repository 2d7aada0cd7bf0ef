namespace LeaseElection.Hosting.Kubernetes.Yaml;

/// <summary>A value of a YAML document. Not records: a record prints its members, and a kubeconfig is full of secrets.</summary>
internal abstract class YamlValue
{
    private YamlValue()
    {
    }

    /// <summary>Nothing, or one of the words for it.</summary>
    public bool IsNull => this is Text { IsPlain: true, Value: "" or "~" or "null" or "Null" or "NULL" };

    /// <summary>A scalar. Without quotes, plain, it may also be meant as a number, a truth value or nothing.</summary>
    public sealed class Text(string value, bool isPlain) : YamlValue
    {
        public string Value => value;

        public bool IsPlain => isPlain;

        /// <summary>With all the words of YAML 1.1, which is what kubectl reads; <see langword="null"/>: it is no truth value.</summary>
        public bool? AsFlag => value.ToUpperInvariant() switch
        {
            "TRUE" or "YES" or "ON" or "Y" => true,
            "FALSE" or "NO" or "OFF" or "N" => false,
            _ => null,
        };
    }

    public sealed class List(IReadOnlyList<YamlValue> items) : YamlValue
    {
        public IReadOnlyList<YamlValue> Items => items;
    }

    public sealed class Map(IReadOnlyDictionary<string, YamlValue> entries) : YamlValue
    {
        public IReadOnlyDictionary<string, YamlValue> Entries => entries;
    }
}
