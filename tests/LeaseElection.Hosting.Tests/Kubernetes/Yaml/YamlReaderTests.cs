using LeaseElection.Hosting.Kubernetes.Yaml;
using YamlDotNet.Core;

namespace LeaseElection.Hosting.Tests.Kubernetes.Yaml;

/// <summary>What YAML means, told by the JSON it is written as.</summary>
public sealed class YamlReaderTests
{
    [Theory]
    [InlineData("a: 1\nb: -2.5e3\nc: x", """{"a":1,"b":-2500,"c":"x"}""")]
    [InlineData("a: true\nb: Off\nc: 'true'\nd: \"1\"", """{"a":true,"b":false,"c":"true","d":"1"}""")]
    [InlineData("a:\nb: ~\nc: null\nd: ''\ne: 'null'", """{"a":null,"b":null,"c":null,"d":"","e":"null"}""")]
    [InlineData("a: 2099-01-01T00:00:00Z\nb: 1.2.3\nc: .inf\nd: 1_0", """{"a":"2099-01-01T00:00:00Z","b":"1.2.3","c":".inf","d":"1_0"}""")]
    [InlineData("- [a, {b: c}]\n- |\n  d\n", """[["a",{"b":"c"}],"d\n"]""")]
    [InlineData("{\n\t\"a\": \"\\u0062\"\n}", """{"a":"b"}""")]
    [InlineData("a: 1\na: 2", """{"a":2}""")]
    [InlineData("---\na: 1\n---\nb: 2\n", """{"a":1}""")]
    public void Read_AnyDocument_AsKubectlTakesIt(string yaml, string json) => Assert.Equal(json, ToJson(yaml));

    [Theory]
    [InlineData("a: &x {b: 1}\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("a: &x {b: 1}\nc: {<<: *x, d: 2}", """{"a":{"b":1},"c":{"b":1,"d":2}}""")]
    [InlineData("a: &x {b: 1}\nc: {<<: *x, b: 2}", """{"a":{"b":1},"c":{"b":2}}""")]
    [InlineData("a: &x {b: 1}\nc: {b: 2, <<: *x}", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}", """{"a":{"b":1},"c":{"b":2,"d":3},"e":{"b":1,"d":3}}""")]
    [InlineData("a: &x {b: 1}\nc: &y {<<: *x}\nd: {<<: *y}", """{"a":{"b":1},"c":{"b":1},"d":{"b":1}}""")]
    [InlineData("a: {<<: {b: 1}}", """{"a":{"b":1}}""")]
    [InlineData("a: {'<<': b}", """{"a":{"\u003C\u003C":"b"}}""")]
    [InlineData("&k a: 1\nb: *k", """{"a":1,"b":"a"}""")]
    [InlineData("a: &x 1\nb: &x 2\nc: *x", """{"a":1,"b":2,"c":2}""")]
    public void Read_AnchorsAndMerges_Followed(string yaml, string json) => Assert.Equal(json, ToJson(yaml));

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---")]
    public void Read_NothingThere_NoneOrNull(string yaml) => Assert.True(YamlReader.Read(yaml) is null or { IsNull: true });

    [Theory]
    [InlineData("[")]
    [InlineData("a: [}")]
    [InlineData("? [a]\n: b")]
    [InlineData("a: *b")]
    [InlineData("a: &b [*b]")]
    [InlineData("a: {<<: b}")]
    [InlineData("a: {<<: [{b: c}, d]}")]
    [InlineData("a: b\n]")]
    [InlineData("...\n...\na")]
    [InlineData("a: \"\\ud800\"")]
    [InlineData("\"\\udc00\": a")]
    [InlineData("a: \"\\ud83d \\ude00\"")]
    public void Read_NoYamlOrNotMeant_ThrowsOneKindOfException(string yaml) => Assert.ThrowsAny<YamlException>(() => YamlReader.Read(yaml));

    [Fact]
    public void Read_MergesOfMerges_BoundedAndNotFollowedForEver()
    {
        string keys = string.Join(", ", Enumerable.Range(0, 1000).Select(key => $"k{key}: v"));
        string merges = string.Join(", ", Enumerable.Repeat("*x", 1000));

        Assert.ThrowsAny<YamlException>(() => YamlReader.Read($"a: &x {{{keys}}}\nb: {{<<: [{merges}]}}"));
    }

    [Fact]
    public void Read_MergesOfManyEmptyMappings_BoundedToo()
    {
        string empty = string.Join(", ", Enumerable.Repeat("{}", 1000));
        string merges = string.Join(", ", Enumerable.Repeat("<<: *x", 1000));

        Assert.ThrowsAny<YamlException>(() => YamlReader.Read($"a: &x [{empty}]\nb: {{{merges}}}"));
    }

    [Fact]
    public void Convert_NestedByAliasesDeeperThanWritten_Refused()
    {
        string nested = new string('[', 40) + "*x" + new string(']', 40);

        YamlValue value = YamlReader.Read($"x: &x {nested.Replace("*x", "1", StringComparison.Ordinal)}\ny: {nested}")!;

        Assert.ThrowsAny<YamlException>(() => YamlJson.Convert(value));
    }

    private static string ToJson(string yaml) => YamlJson.Convert(YamlReader.Read(yaml)!);
}
