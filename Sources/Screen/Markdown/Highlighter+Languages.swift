extension Highlighter.Language {
    /// By the name in a fence's info string, in any case.
    static func named(_ name: String) -> Highlighter.Language? {
        byName[name.lowercased()]
    }

    private static let byName: [String: Highlighter.Language] = {
        var result: [String: Highlighter.Language] = [:]
        for (names, language) in all {
            for name in names.split(separator: " ") { result[String(name)] = language }
        }
        return result
    }()

    private static let all: [(String, Highlighter.Language)] = [
        ("swift", swift), ("python py python3", python), ("javascript js jsx mjs typescript ts tsx", script),
        ("c h cpp c++ cc hpp objc cuda", c), ("rust rs", rust), ("go golang", go),
        ("java kotlin kt scala csharp cs", java),
        ("bash sh shell zsh console fish dockerfile makefile make", shell), ("json jsonc json5", json),
        ("toml ini yaml yml", toml), ("sql postgresql sqlite mysql", sql), ("ruby rb", ruby), ("php", php),
        ("lua", lua),
    ]

    private static let doubleQuote = Highlighter.StringDelimiter(bytes: [0x22], spansLines: false, escapes: true)
    private static let singleQuote = Highlighter.StringDelimiter(bytes: [0x27], spansLines: false, escapes: true)
    private static let backtick = Highlighter.StringDelimiter(bytes: [0x60], spansLines: true, escapes: true)
    private static let tripleDouble = Highlighter.StringDelimiter(
        bytes: [0x22, 0x22, 0x22], spansLines: true, escapes: true)
    private static let tripleSingle = Highlighter.StringDelimiter(
        bytes: [0x27, 0x27, 0x27], spansLines: true, escapes: true)
    private static let rawSingle = Highlighter.StringDelimiter(bytes: [0x27], spansLines: true, escapes: false)

    private static let slashes = Array("//".utf8)
    private static let hash: [UInt8] = [0x23]
    private static let cComment = (open: Array("/*".utf8), close: Array("*/".utf8))

    private static func words(_ list: String) -> Set<String> {
        Set(list.split(separator: " ").map(String.init))
    }

    private static let swift = Highlighter.Language(
        keywords: words(
            """
            actor any as associatedtype async await borrowing break case catch class consuming continue default defer deinit \
            do else enum extension fallthrough false fileprivate final for func get guard if import in indirect init inout \
            internal is lazy let mutating nil nonisolated open operator override package private protocol public repeat \
            required rethrows return self Self set some static struct subscript super switch throw throws true try \
            typealias unowned var weak where while
            """),
        lineComments: [slashes], blockComment: cComment, strings: [tripleDouble, doubleQuote], hasTypes: true)

    private static let python = Highlighter.Language(
        keywords: words(
            """
            False None True and as assert async await break case class continue def del elif else except finally for from \
            global if import in is lambda match nonlocal not or pass raise return self try while with yield
            """),
        lineComments: [hash], strings: [tripleDouble, tripleSingle, doubleQuote, singleQuote], hasTypes: true)

    private static let script = Highlighter.Language(
        keywords: words(
            """
            abstract as async await break case catch class const continue debugger declare default delete do else enum \
            export extends false finally for from function if implements import in instanceof interface keyof let new null \
            of private protected public readonly return satisfies static super switch this throw true try type typeof \
            undefined var void while with yield
            """),
        lineComments: [slashes], blockComment: cComment, strings: [doubleQuote, singleQuote, backtick], hasTypes: true)

    private static let c = Highlighter.Language(
        keywords: words(
            """
            auto bool break case catch char class const constexpr continue default define delete do double else endif enum \
            explicit export extern false final float for friend goto if ifdef ifndef include inline int int16_t int32_t \
            int64_t int8_t long namespace new noexcept NULL nullptr operator override pragma private protected public \
            register restrict return short signed size_t sizeof static static_assert struct switch template this throw true \
            try typedef typename uint16_t uint32_t uint64_t uint8_t union unsigned using virtual void volatile while
            """),
        lineComments: [slashes], blockComment: cComment, strings: [doubleQuote, singleQuote], hasTypes: false)

    private static let rust = Highlighter.Language(
        keywords: words(
            """
            as async await bool break char const continue crate dyn else enum extern f32 f64 false fn for i128 i16 i32 i64 i8 \
            if impl in isize let loop match mod move mut pub ref return self Self static str struct super trait true type \
            u128 u16 u32 u64 u8 unsafe use usize where while
            """),
        // No single quote: it begins a lifetime more often than a character.
        lineComments: [slashes], blockComment: cComment, strings: [doubleQuote], hasTypes: true)

    private static let go = Highlighter.Language(
        keywords: words(
            """
            any bool break byte case chan const continue default defer else error fallthrough false float64 for func go goto \
            if import int int32 int64 interface map nil package range return rune select string struct switch true type \
            uint32 uint64 uint8 var
            """),
        lineComments: [slashes], blockComment: cComment, strings: [doubleQuote, singleQuote, backtick], hasTypes: false)

    private static let java = Highlighter.Language(
        keywords: words(
            """
            abstract as async await boolean break byte case catch char class companion const continue data def default do \
            double else enum extends false final finally float for fun get if implements import in instanceof int interface \
            internal is lateinit long namespace new null object out override package private protected public readonly \
            record return sealed set short static string struct super suspend switch this throw throws true try using val \
            var void when where while yield
            """),
        lineComments: [slashes], blockComment: cComment, strings: [tripleDouble, doubleQuote, singleQuote],
        hasTypes: true)

    private static let shell = Highlighter.Language(
        keywords: words(
            """
            alias break case cd continue do done echo elif else esac eval exec exit export fi for function if in local read \
            return select set shift source then trap unset until while FROM RUN COPY ADD ENV CMD ENTRYPOINT WORKDIR ARG \
            EXPOSE USER VOLUME
            """),
        lineComments: [hash], strings: [doubleQuote, rawSingle], hasTypes: false, isShell: true)

    private static let json = Highlighter.Language(
        keywords: words("true false null"), lineComments: [slashes], blockComment: cComment, strings: [doubleQuote],
        hasTypes: false, hasKeys: true)

    private static let toml = Highlighter.Language(
        keywords: words("true false null yes no on off"), lineComments: [hash],
        strings: [tripleDouble, tripleSingle, doubleQuote, singleQuote], hasTypes: false, isShell: true, hasKeys: true)

    private static let sql = Highlighter.Language(
        keywords: words(
            """
            add all alter and as asc begin between by case check column commit constraint create cross default delete desc \
            distinct drop else end exists foreign from full group having if in index inner insert int integer into is join \
            key left like limit not null offset on or order outer primary references returning right rollback select set \
            table text then timestamp union unique update using values varchar view when where with
            """),
        lineComments: [Array("--".utf8)], blockComment: cComment, strings: [singleQuote, doubleQuote], hasTypes: false,
        ignoresCase: true)

    private static let ruby = Highlighter.Language(
        keywords: words(
            """
            alias and begin break case class def do else elsif end ensure false for if in include module next nil not or \
            private puts raise redo require rescue retry return self super then true undef unless until when while yield
            """),
        lineComments: [hash], strings: [doubleQuote, singleQuote], hasTypes: true)

    private static let php = Highlighter.Language(
        keywords: words(
            """
            abstract array as break case catch class const continue declare default echo else elseif enum extends false final \
            finally fn for foreach function global if implements interface match namespace new null private protected \
            public readonly return self static switch this throw trait true try use var while yield
            """),
        lineComments: [slashes, hash], blockComment: cComment, strings: [doubleQuote, singleQuote], hasTypes: true)

    private static let lua = Highlighter.Language(
        keywords: words(
            """
            and break do else elseif end false for function goto if in local nil not or repeat return then true until while
            """),
        lineComments: [Array("--".utf8)], blockComment: (open: Array("--[[".utf8), close: Array("]]".utf8)),
        strings: [doubleQuote, singleQuote], hasTypes: false)
}
