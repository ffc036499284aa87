import TOML

/// The providers and models that are known: the built-in ones, and the user's, which override them by name.
public struct Catalogue: Sendable {
    /// In the order of the files, the built-in ones first.
    public private(set) var providers: [Provider] = []

    /// Nobody.
    public init() {}

    /// The catalogue in the binary. Parsed anew at every call: call once.
    public static func builtIn() throws(TOMLError) -> Catalogue {
        var catalogue = Catalogue()
        try catalogue.merge(
            TOMLDocument(builtIn: PackageResources.providers_toml, source: "providers.toml (built in)"))
        return catalogue
    }

    /// The provider of that name; `nil` = there is none.
    public func provider(named name: String) -> Provider? {
        providers.first { $0.name == name }
    }

    /// What is known of a model by its id or alias; of an id that is not listed, what the pattern with the most literal
    /// bytes says; of any other, nothing but the id.
    public func model(_ id: String, of provider: Provider) -> Model {
        if let known = Self.listed(id, in: provider) { return known }
        let patterns = provider.models.filter(\.isPattern)
        var best: (fit: Int, model: Model)?
        for pattern in patterns {
            guard let fit = pattern.fit(to: id), fit > best?.fit ?? -1 else { continue }
            best = (fit, pattern)
        }
        guard var model = best?.model else {
            return Model(id: id, resume: provider.selfHosted ? .prefill : .continue)
        }
        model.id = id
        model.aliases = []
        model.title = nil
        return model
    }

    /// The first provider that lists the model by id or alias, or else whose pattern fits it best. A bare `*`, which fits
    /// everything, says nothing about whose a model is.
    public func find(model id: String) -> (provider: Provider, model: Model)? {
        for provider in providers {
            if let model = Self.listed(id, in: provider) { return (provider, model) }
        }
        var best: (fit: Int, provider: Provider)?
        for provider in providers {
            let fit = provider.models.lazy.filter(\.isPattern).compactMap { $0.fit(to: id) }.max() ?? 0
            if fit > best?.fit ?? 0 { best = (fit, provider) }
        }
        return best.map { ($0.provider, model(id, of: $0.provider)) }
    }

    private static func listed(_ id: String, in provider: Provider) -> Model? {
        provider.models.first { !$0.isPattern && $0.id == id }
            ?? provider.models.first { !$0.isPattern && $0.aliases.contains(id) }
    }

    /// Takes in the table `providers` of a document; what else stands in the document is not looked at. A provider that
    /// is known is changed key by key, and its models by id; a new one needs `dialect` and `base_url`. On an error
    /// nothing is changed.
    public mutating func merge(_ document: TOMLDocument) throws(TOMLError) {
        guard let table = try document.root.table("providers") else { return }
        var merged = providers
        for (name, entry) in try table.namedTables() {
            if let index = merged.firstIndex(where: { $0.name == name }) {
                try merged[index].apply(entry)
            } else {
                merged.append(try Provider(name: name, entry))
            }
        }
        providers = merged
    }
}
