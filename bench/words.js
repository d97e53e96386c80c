// What generated news is made of: words by how common they are, names of people and places. All made up or everyday; none from a corpus.

/** The most common words of any text; searches pass over them. */
export const littleWords =
  'the of to and a in that is for on it with as was by be at from are has have an but not this which will or were been they had its their more also who he she his would about after'.split(
    ' ',
  )

/** Words of the desk, common in any newspaper; each is its own stem, so that a search needs no stemmer to find it. */
export const newsWords =
  'govern minist talk market bank trade report month week border court law vote elect budget tax union worker strike oil ga price harvest flood storm fire rescu polic arrest trial judg hospit doctor school student teacher train road bridg port ship export import steel coal wheat crop fund loan debt bond share stock profit loss growth plan project build power plant river park museum film song team match goal coach leagu cup final record visit summit treati pact envoy camp aid food water drought heat snow wind research scienc space rocket launch test drug vaccin clinic patient church temple march rally crowd'.split(
    ' ',
  )

export const sections = ['World', 'Politics', 'Business', 'Science', 'Culture', 'Sport', 'Health', 'Travel']

export const givenNames =
  'Ada Boris Carla Dmitri Elena Farid Greta Hassan Ingrid Javier Keiko Lars Mariam Nadia Oskar Priya Quentin Rosa Stefan Tamara Umberto Vera Walter Ximena Yusuf Zofia Anselm Beatriz Chidi Dalia Emil Fatima Gustav Hanna Igor Jasmin Kamal Leonie Mateo Nkechi'.split(
    ' ',
  )
export const familyNames =
  'Abramson Belinsky Calvino Dragomir Eriksen Farouk Grunwald Haddad Ibsenius Jovanov Kurosaki Lindqvist Mbeki-Stone Novotny Okonjo Petrescu Quintero Rosenthal Sandoval Takemura Underhill Vasquez Winterbourne Xanthos Yamashiro Zielinski Albescu Brandauer Castellan Dushku Eliades Fontaine Gavrilov Hartono Iwasaki Jansson Kowalczyk Laurent Montoya Ndiaye'.split(
    ' ',
  )

/** Name, country code, latitude, longitude; the first twelve are countries. */
export const places = [
  ...[
    ['France', 'FR', 46, 2],
    ['Germany', 'DE', 51, 10],
    ['Japan', 'JP', 36, 138],
    ['Brazil', 'BR', -10, -55],
    ['Kenya', 'KE', 1, 38],
    ['Norway', 'NO', 62, 10],
    ['Mexico', 'MX', 23, -102],
    ['Indonesia', 'ID', -5, 120],
    ['Portugal', 'PT', 39.5, -8],
    ['Egypt', 'EG', 27, 30],
    ['Poland', 'PL', 52, 20],
    ['Canada', 'CA', 60, -95],
  ].map(([name, countryCode, lat, lng]) => ({ name, countryCode, lat, lng, kind: 'country' })),
  ...[
    ...['Lyon', 'Marseille', 'Toulouse', 'Nantes', 'Strasbourg'].map((name, n) => ({ name, countryCode: 'FR', lat: 43 + n, lng: 1 + n })),
    ...['Hamburg', 'Leipzig', 'Stuttgart', 'Dresden', 'Bremen'].map((name, n) => ({ name, countryCode: 'DE', lat: 48 + n, lng: 9 + n })),
    ...['Osaka', 'Nagoya', 'Sapporo', 'Fukuoka'].map((name, n) => ({ name, countryCode: 'JP', lat: 34 + n, lng: 135 + n })),
    ...['Recife', 'Salvador', 'Fortaleza', 'Curitiba'].map((name, n) => ({ name, countryCode: 'BR', lat: -12 + n, lng: -48 + n })),
    ...['Nairobi', 'Mombasa', 'Kisumu', 'Nakuru'].map((name, n) => ({ name, countryCode: 'KE', lat: -1 + n, lng: 36 + n })),
    ...['Oslo', 'Bergen', 'Trondheim', 'Stavanger'].map((name, n) => ({ name, countryCode: 'NO', lat: 59 + n, lng: 6 + n })),
    ...['Guadalajara', 'Monterrey', 'Puebla', 'Tijuana'].map((name, n) => ({ name, countryCode: 'MX', lat: 19 + n, lng: -103 + n })),
    ...['Jakarta', 'Surabaya', 'Bandung', 'Medan'].map((name, n) => ({ name, countryCode: 'ID', lat: -7 + n, lng: 107 + n })),
    ...['Porto', 'Braga', 'Coimbra'].map((name, n) => ({ name, countryCode: 'PT', lat: 40 + n, lng: -8 + n })),
    ...['Alexandria', 'Aswan', 'Luxor'].map((name, n) => ({ name, countryCode: 'EG', lat: 25 + n, lng: 31 + n })),
    ...['Gdansk', 'Krakow', 'Poznan', 'Wroclaw'].map((name, n) => ({ name, countryCode: 'PL', lat: 50 + n, lng: 17 + n })),
    ...['Toronto', 'Montreal', 'Calgary', 'Winnipeg'].map((name, n) => ({ name, countryCode: 'CA', lat: 45 + n, lng: -80 - n })),
  ].map(place => ({ ...place, kind: 'city' })),
]
