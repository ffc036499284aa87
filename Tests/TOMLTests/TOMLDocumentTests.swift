import TOML
import Testing

@Suite struct TOMLDocumentTests {
    @Test func readsValuesInTheOrderOfTheFile() throws {
        let root = try TOMLDocument("z = 1\na = \"x\"\nm = [\"p\", 'q']\n", source: "f.toml").root
        #expect(root.keys == ["z", "a", "m"])
        #expect(try root.int("z") == 1)
    }
}
