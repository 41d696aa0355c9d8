package bank

import (
	"strings"
	"unicode"
)

// countryNames are the letters of the countries' names in English, as the Unicode
// CLDR has them, and of others under which they are known, behind their codes.
const countryNames = ";" +
	"AD=andorra;AE=unitedarabemirates=uae;AF=afghanistan;AG=antiguaandbarbuda;AI=anguilla;AL=albania;AM=armenia;" +
	"AO=angola;AQ=antarctica;AR=argentina;AS=americansamoa;AT=austria;AU=australia;AW=aruba;AX=ålandislands;" +
	"AZ=azerbaijan;BA=bosniaandherzegovina;BB=barbados;BD=bangladesh;BE=belgium;BF=burkinafaso;BG=bulgaria;" +
	"BH=bahrain;BI=burundi;BJ=benin;BL=stbarthélemy;BM=bermuda;BN=brunei;BO=bolivia;BQ=caribbeannetherlands;" +
	"BR=brazil;BS=bahamas;BT=bhutan;BV=bouvetisland;BW=botswana;BY=belarus;BZ=belize;CA=canada;" +
	"CC=cocoskeelingislands;CD=congokinshasa=democraticrepublicofthecongo;CF=centralafricanrepublic;" +
	"CG=congobrazzaville=republicofthecongo=congo;CH=switzerland;CI=côtedivoire=ivorycoast;CK=cookislands;CL=chile;" +
	"CM=cameroon;CN=china;CO=colombia;CR=costarica;CU=cuba;CV=capeverde=caboverde;CW=curaçao;CX=christmasisland;" +
	"CY=cyprus;CZ=czechia=czechrepublic;DE=germany;DJ=djibouti;DK=denmark;DM=dominica;DO=dominicanrepublic;" +
	"DZ=algeria;EC=ecuador;EE=estonia;EG=egypt;EH=westernsahara;ER=eritrea;ES=spain;ET=ethiopia;FI=finland;FJ=fiji;" +
	"FK=falklandislands;FM=micronesia;FO=faroeislands;FR=france;GA=gabon;GB=unitedkingdom=greatbritain=uk;" +
	"GD=grenada;GE=georgia;GF=frenchguiana;GG=guernsey;GH=ghana;GI=gibraltar;GL=greenland;GM=gambia;GN=guinea;" +
	"GP=guadeloupe;GQ=equatorialguinea;GR=greece;GS=southgeorgiaandsouthsandwichislands;GT=guatemala;GU=guam;" +
	"GW=guineabissau;GY=guyana;HK=hongkong;HM=heardandmcdonaldislands;HN=honduras;HR=croatia;HT=haiti;HU=hungary;" +
	"ID=indonesia;IE=ireland;IL=israel;IM=isleofman;IN=india;IO=britishindianoceanterritory;IQ=iraq;IR=iran;" +
	"IS=iceland;IT=italy;JE=jersey;JM=jamaica;JO=jordan;JP=japan;KE=kenya;KG=kyrgyzstan;KH=cambodia;KI=kiribati;" +
	"KM=comoros;KN=stkittsandnevis;KP=northkorea;KR=southkorea=korea=republicofkorea;KW=kuwait;KY=caymanislands;" +
	"KZ=kazakhstan;LA=laos;LB=lebanon;LC=stlucia;LI=liechtenstein;LK=srilanka;LR=liberia;LS=lesotho;LT=lithuania;" +
	"LU=luxembourg;LV=latvia;LY=libya;MA=morocco;MC=monaco;MD=moldova=republicofmoldova;ME=montenegro;MF=stmartin;" +
	"MG=madagascar;MH=marshallislands;MK=macedonia;ML=mali;MM=myanmarburma=burma=myanmar;MN=mongolia;" +
	"MO=macao=macau;MP=northernmarianaislands;MQ=martinique;MR=mauritania;MS=montserrat;MT=malta;MU=mauritius;" +
	"MV=maldives;MW=malawi;MX=mexico;MY=malaysia;MZ=mozambique;NA=namibia;NC=newcaledonia;NE=niger;" +
	"NF=norfolkisland;NG=nigeria;NI=nicaragua;NL=netherlands;NO=norway;NP=nepal;NR=nauru;NU=niue;NZ=newzealand;" +
	"OM=oman;PA=panama;PE=peru;PF=frenchpolynesia;PG=papuanewguinea;PH=philippines;PK=pakistan;PL=poland;" +
	"PM=stpierreandmiquelon;PN=pitcairnislands;PR=puertorico;PS=palestinianterritories=palestine;PT=portugal;" +
	"PW=palau;PY=paraguay;QA=qatar;RE=réunion;RO=romania;RS=serbia;RU=russia=russianfederation;RW=rwanda;" +
	"SA=saudiarabia;SB=solomonislands;SC=seychelles;SD=sudan;SE=sweden;SG=singapore;SH=sthelena;SI=slovenia;" +
	"SJ=svalbardandjanmayen;SK=slovakia;SL=sierraleone;SM=sanmarino;SN=senegal;SO=somalia;SR=suriname;" +
	"SS=southsudan;ST=sãotoméandpríncipe;SV=elsalvador;SX=sintmaarten;SY=syria;SZ=swaziland;" +
	"TC=turksandcaicosislands;TD=chad;TF=frenchsouthernterritories;TG=togo;TH=thailand;TJ=tajikistan;TK=tokelau;" +
	"TL=timorleste;TM=turkmenistan;TN=tunisia;TO=tonga;TR=turkey=türkiye;TT=trinidadandtobago;TV=tuvalu;TW=taiwan;" +
	"TZ=tanzania;UA=ukraine;UG=uganda;UM=usoutlyingislands;US=unitedstates=unitedstatesofamerica=usa;UY=uruguay;" +
	"UZ=uzbekistan;VA=vaticancity=vatican=holysee;VC=stvincentandgrenadines;VE=venezuela;VG=britishvirginislands;" +
	"VI=usvirginislands;VN=vietnam;VU=vanuatu;WF=wallisandfutuna;WS=samoa;XK=kosovo;YE=yemen;YT=mayotte;" +
	"ZA=southafrica;ZM=zambia;ZW=zimbabwe;"

// CountryCode gives the code of a country that is named by its code, in any case, or
// in English; empty is what is not known.
func CountryCode(country string) string {
	if code := strings.ToUpper(country); isCountry(code) {
		return code
	}
	letters := lettersOf(country)
	at := strings.Index(countryNames, "="+letters+";")
	if other := strings.Index(countryNames, "="+letters+"="); at < 0 {
		at = other
	}
	if letters == "" || at < 0 {
		return ""
	}
	code := strings.LastIndexByte(countryNames[:at], ';') + 1
	return countryNames[code : code+2]
}

// lettersOf leaves of a name what everybody writes alike.
func lettersOf(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "&", "and")
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, strings.TrimPrefix(name, "the "))
}
