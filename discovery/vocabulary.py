"""The words that word-like identifiers and text properties are made of.

Memory   a few hundred words, all constant.
Misses   scripts beyond Latin, Greek, Cyrillic, Japanese and Chinese; right-to-left text.
"""

FIRST_NAMES = """jane omar lucia henrik priya mateo aisha tomasz ingrid kofi elena marcus yuki nadia pavel sofia
 dmitri amara felix greta hassan ines jonas kira liam maya nils olga petra quinn rosa stefan tara ugo vera
 wanda xavier yara zoe anders bianca carlos dora emil farah gustav hana igor julia karim leila milan noor""".split()

LAST_NAMES = """doe haddad moreno larsen nair silva okafor nowak berg mensah petrova reid tanaka aziz horak rossi
 volkov diallo brandt lindqvist rahman costa weber ivanova murphy patel nielsen orlova kovac walsh romano keller
 singh moretti laurent kaya jensen ramos vogel simic adler blanc cruz dahl eriksen fontaine gruber hoffman""".split()

COMPANIES = """acme globex initech umbrella hooli vandelay northwind contoso fabrikam stark wayne wonka tyrell
 cyberdyne soylent aperture oscorp duff gringotts monarch zenith lumen harbor pioneer meridian cascade summit
 redwood bluebird ironclad evergreen nimbus quartz riverbank skyline tidewater vertex willow yonder""".split()

SUFFIXES = "labs systems io hq group studio software media health bank energy logistics foods retail cloud".split()

ADJECTIVES = """amber brave calm dusty early fancy gentle hidden idle jolly keen light misty noble open plain quiet
 rapid silent tall urban vivid warm young bold crisp deep fresh green happy public shared internal legacy main
 primary secondary nightly weekly annual gold silver basic standard premium""".split()

NOUNS = """gateway ledger mailer parser router sensor beacon canvas engine falcon garden hammer island jigsaw kettle
 lantern mirror needle orchid pebble quiver ribbon saddle tunnel valley window anchor bridge candle dragon
 frontend backend website dashboard billing checkout inventory payments search reports docs toolkit scheduler
 notifier importer exporter crawler worker queue cache proxy playground handbook dotfiles terraform ansible""".split()

ATTRIBUTES = """color size status priority owner region title summary rating weight height category language theme
 department due_date phone nickname source channel timezone locale stage currency discount reference tier segment
 severity component environment label comment progress visibility""".split()

PLANS = """free starter basic pro team business enterprise gold-monthly gold-yearly silver-monthly trial
 student nonprofit partner legacy-2019""".split()

TOPICS = """kubernetes machine-learning rust python web-design security data-science open-source testing devops
 robotics photography music cooking travel cycling history poetry chess gardening astronomy economics""".split()

ENVIRONMENTS = "production staging development preview qa sandbox demo canary eu-west us-east load-test".split()

CITIES = """Zürich São-Paulo Kraków Århus Málaga Łódź Göteborg München Besançon Reykjavík Québec İzmir Praha London
 Nairobi Lisboa Oslo Boston Kyoto Αθήνα Москва 東京 北京 Dublin Hanoi Lagos Quito Lima Denver Perth""".split()

PEOPLE = """José_Martí Zoë_Kravitz Björk Renée_Fleming Søren_Kierkegaard François_Truffaut Ana_María_Matute
 Miyazaki_Hayao 村上春樹 Лев_Толстой Dvořák Mário_de_Sá Ada_Lovelace Alan_Turing Grace_Hopper Marie_Curie
 Nina_Simone Ursula_K._Le_Guin Frida_Kahlo Wangari_Maathai Rosalind_Franklin Octavia_E._Butler""".split()

PAGE_TITLES = """Main_Page Albert_Einstein Ångström Café Naïve_Bayes Pokémon Jean-Luc_Godard C++ AC/DC Home
 São_Paulo Schrödinger_equation Solar_eclipse Python_(programming_language) World_War_II Ελλάδα 日本 Coffee
 Installation Getting-Started Release-Notes FAQ Roadmap Style-Guide Troubleshooting""".split()

LOCALES = "en de fr es pt-BR it ja nl pl en-GB zh-Hans sv tr ko da".split()
COUNTRIES = """US DE GB FR NL BR JP IN CA ES PL SE IT AU CH AT NO DK FI IE PT MX ZA KE TR CZ BE NZ SG KR""".split()
CURRENCIES = "usd eur gbp jpy chf sek nok brl inr cad aud pln mxn".split()

FILE_STEMS = """report invoice avatar logo backup main index readme notes budget contract photo screenshot config
 schema changelog slides draft summary export team-offsite meeting-minutes roadmap Übersicht résumé""".split()
FILE_ENDINGS = "pdf png jpg csv txt md json yml py js zip docx svg".split()
FOLDERS = "src docs assets images config scripts tests public".split()

BRANCH_KINDS = "feature fix release hotfix chore dependabot".split()
LABELS = """bug enhancement documentation good%first%issue help%wanted wontfix duplicate question
 breaking%change p1 needs-triage ui performance security""".split()
ROLES = """admin editor viewer owner maintainer developer guest billing-manager auditor support read-only
 manage-users offline_access reporter""".split()
EVENTS = """push created updated deleted order.paid order.shipped user.signup login logout payment.failed
 deploy_succeeded comment_added build_finished""".split()
SERVICES = """google github microsoft okta auth0 slack jira datadog sentry pagerduty mailgun twilio zendesk
 cloudflare fastly""".split()

LABELS = [label.replace("%", " ") for label in LABELS]
PEOPLE = [name.replace("_", " ") for name in PEOPLE]

SENTENCES = (
    "The quick check found nothing unusual.",
    "Please review before Friday.",
    "Created from the web console.",
    "Moved here after the reorganisation.",
    "Grüße aus Köln, alles läuft.",
    "Temporary, remove after the launch.",
    "Second attempt with a larger batch.",
    "Wartet auf Freigabe.",
    "",
)
