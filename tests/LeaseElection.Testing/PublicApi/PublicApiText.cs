using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace LeaseElection.Testing.PublicApi;

/// <summary>All that users of an assembly can see, one line each, in an order that does not change.</summary>
internal static partial class PublicApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(Assembly assembly)
    {
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            yield return $"{KindOf(type)} {type.Namespace}.{NameOf(type)}{BasesOf(type)}";
            foreach (string member in MembersOf(type).Order(StringComparer.Ordinal))
                yield return "    " + member;
        }
    }

    private static IEnumerable<string> MembersOf(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type)
                .Select(name => $"{Convert.ToInt32(Enum.Parse(type, name), CultureInfo.InvariantCulture).ToString("00", CultureInfo.InvariantCulture)} {name}");
        }

        return type.GetMembers(Declared).Select(TextOf).OfType<string>();
    }

    private static string? TextOf(MemberInfo member) => member switch
    {
        FieldInfo { IsPublic: true } field =>
            $"{(field.IsLiteral ? "const " : "")}{NameOf(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = \"{field.GetRawConstantValue()}\"" : "")}",
        ConstructorInfo { IsPublic: true } constructor => $".ctor({ParametersOf(constructor)})",
        PropertyInfo property when (property.GetMethod ?? property.SetMethod) is { IsPublic: true } getter =>
            $"{(getter.IsStatic ? "static " : "")}{Nullable(property)} {property.Name} {{ get;{SetterOf(property)} }}",
        MethodInfo { Name: "<Clone>$" } => null,
        MethodInfo { IsPublic: true } method when !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal) =>
            $"{(method.IsStatic ? "static " : "")}{NameOf(method.ReturnType)} {method.Name}{GenericsOf(method)}({ParametersOf(method)})",
        _ => null,
    };

    private static string SetterOf(PropertyInfo property) =>
        property.SetMethod is not { IsPublic: true } setter ? ""
        : setter.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init;"
        : " set;";

    private static string Nullable(PropertyInfo property) =>
        NameOf(property.PropertyType)
        + (!property.PropertyType.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable ? "?" : "");

    private static string ParametersOf(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter =>
            (method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute)) && parameter.Position == 0 ? "this " : "")
            + $"{NameOf(parameter.ParameterType)} {parameter.Name}"
            + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")));

    private static string GenericsOf(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(ConstraintsOf))}>" : "";

    private static string ConstraintsOf(Type argument) =>
        string.Join(" : ", [argument.Name, .. argument.GetGenericParameterConstraints().Select(NameOf)]);

    private static string KindOf(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsSealed ? "sealed class" : "class";

    private static string BasesOf(Type type)
    {
        if (type.IsEnum)
            return "";
        Type[] inherited = type.BaseType?.GetInterfaces() ?? [];
        string[] bases =
        [
            .. type is { IsClass: true, BaseType: { } parent } && parent != typeof(object) ? [NameOf(parent)] : Array.Empty<string>(),
            .. type.GetInterfaces().Except(inherited).Select(NameOf).Order(StringComparer.Ordinal),
        ];
        return bases.Length > 0 ? " : " + string.Join(", ", bases) : "";
    }

    private static string NameOf(Type type)
    {
        if (System.Nullable.GetUnderlyingType(type) is { } underlying)
            return NameOf(underlying) + "?";
        if (type.IsByRef)
            return "ref " + NameOf(type.GetElementType()!);
        return type.IsGenericType
            ? $"{Arity().Replace(type.Name, "")}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
            : type.Name;
    }

    [GeneratedRegex("`[0-9]+$", RegexOptions.None, 1000)]
    private static partial Regex Arity();
}
