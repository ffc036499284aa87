/// What words are known to begin with twice: "mur" of "murmur", "bar" of "barbarian", "st" of none.
///
/// Of a server that goes on exactly, a text that ends in "hold a super" and goes on with "superposition" would have a word in
/// it that is spelt "supersuperposition". So what such a word would have to be is looked up: where none is known, the word
/// was said again. Only letters from a to z: of other scripts' words nothing is known here.
enum TwiceSpelt {
    /// Whether a word may begin so, or be nothing else.
    ///
    /// Two letters that are a consonant and a vowel are the syllable that names and children's words are made of in every
    /// language ("mama", "Jojo", "Lulu"): no list has them all.
    ///
    /// - Parameter unit: ASCII letters, two or more.
    static func mayStandTwice(_ unit: ArraySlice<UInt8>) -> Bool {
        let letters = unit.map { $0 | 0x20 }
        if letters.count == 2, !isVowel(letters[0]), isVowel(letters[1]) { return true }
        return known.contains(String(decoding: letters, as: UTF8.self))
    }

    private static func isVowel(_ letter: UInt8) -> Bool {
        "aeiouy".utf8.contains(letter)
    }

    private static let known = Set((dictionaries + " " + speech + " " + east).split(separator: " ").map(String.init))

    /// Every one of two letters or more that a word begins with twice in Debian's word lists of English (huge), German (old,
    /// new, Swiss), French, Spanish, Italian, Portuguese, Galician, Catalan, Dutch, Danish, Norwegian, Swedish, Faroese, Polish
    /// and Esperanto: 10.2 million words.
    private static let dictionaries = """
        ab aban ac ach ad adam ador agar aj ajn al alang alf alk alt am amen ami amos an and ani ante anti ap ar aram \
        are aren arm arn as ass asse assen at atl aves aye az bam bar bare barn barna barne bee ber bere beri bet bil \
        bis bla blauw bling bom bomm bon bong boo bor bou bra bul bulle buln bum bur bush bye calle can car cara cari \
        cas cava cent cer cha chal che cher chi chima chin china chipi chiqui cho choo chou chow chu chy ciam cie cin \
        cina cio ciu coli colo con coo cor coro cou counter cous cox cra cri cross cun cus cuz cz cza cze dag dan dar \
        datter deman der des dik din divi don doo dotter dou dowo dum dura dwu dzi dzia dziam eff eg eh ein einst eld \
        ele els em eman en enar enc end endos ent er erv es esem ex ey fan far fifty fin fir flon foj for fos fou fri \
        frou ful fur gado gak gakk gal gan gar gaz gin glou glu gna gnan gne gno goena gol gon gor gori gree gri gris \
        gru gua gue guit har helfers heri hila hots hum hun ia ib ic iks ilo in ing int iqu irak iran is jig jou kadu \
        kaf kai kal kan kana kanon kar kara kau kava kaw kawa ker khoi khus kic kie kiele kin kina kinni klak klan kli \
        kne koe koek koes kolo kom kon kor kort kous krau kraw kuc kus kwi lab lamme lang lat lava lenga llau log lou \
        maan mahi mako mam mana manne mar maras mari mas mata mel mia micro mil monki mor mot mou moya mul mur muu \
        naci nan natti nav nen nev nia nie niem niu non noord nor nord norsk nou nowi nun oh oi oj ok ol om on oni op \
        ophi or os ot oua ov ow pai pal pam pap par para pasa paw ph pica pij pil pila pili pillo ping pingo piou pip \
        pir piri pis pit piu plen pod pom pon ponds por pos pou pra pre pro prze przed przy psi psia pum pur pw qua \
        que quelen quer qui quil quin quina rade radi rai raie rec rende rent rente rentu rest reste ret rewa ron rowe \
        run sach sak sam san sar sas sat sem sembra sen ses shabu sho sin sis siu ska sl snel son sone spo stor sud \
        sudan syd sze szo szy taai tach tage tal tam tan tar tas tau tche tee tei ten ter teru tes tet tick tin tinte \
        tip tipp tiquis tje tjon toco toe tog toi toj tom ton topa tor tos tou tra train tran tri tro trze tsche tse \
        tsee tsi tsje tsk tsu tuco tuf tuk tuko tum tur tut twa txe tze tzi uda ujm ul ultra un unam up ur us val var \
        ver vier vira voff vor vov wah war wee wie wszy xiu ya yo you yu zaj zali zan zar zas zin zinses zon zoo zuid \
        zun
        """

    /// Sounds, prefixes, what programs say in examples, and words of Latin, Swahili and the Pacific.
    private static let speech = """
        abc alpha bang baz beep beta blah bongo boop cat chirp chug clap click clip clop code cos data ding dodeca dog dong \
        dot down drip drop drum dub dup echo extra fizz flip flop foo fore gamma get giga grand great haha haraka \
        hello hey hic hid hip hop humu hush hyper inter kidogo knock left lomi long mara mbali mega mem meta mid mini \
        mis moo multi neo next night nom nuku out over peep pew phos pole pong pooh pop post proto pseudo puku python quack \
        quam quid quis rah right ring same sawa set shh spam splish str sub sup super tac tap taratibu test text tic \
        toc tock trans tweet under very vile vroom wait whirr wiki woof word wow xyz yada yay yum zig zoom
        """

    /// Chinese and Japanese in Latin letters, where they are many.
    private static let east = """
        atsu bao bata bing bura chang choko doki fang fuwa gata giri gocha goro gou guang guru hao hara hiso hoka hong \
        huan iki iro jie jing juan jun kata kira koro kote kubi kuru lan lian lin ling man mang masu mei ming mochi \
        moji moko moto muka nai nami neko niko ning noro nuru ori peko pika poro puru qian qing ren rong sara shan \
        shiku shu soro taka tang tian ting tobo tsuru uki waku ware wasa wen xiang xiao xie xing yang ying yuan yuru \
        zara
        """
}
